//! Cases of models that mean harm, or were damaged: wrong sizes and offsets in the head of a safetensors file, files of
//! other kinds, JSON without end. Each is an error that names the file, before anything of that size is held.

use crate::cases_support::{Desk, open_bundle};
use crate::support::{score_with, stderr, tiny};
use nuansa::model::Checkpoint;
use nuansa::model::weights::Weights;
use std::path::{Path, PathBuf};

fn bundle(desk: &Desk) -> PathBuf {
    let folder = desk.path("bundle");
    open_bundle(&folder);
    folder
}

/// What is said of the bundle when it should score; nothing may be left behind.
fn refused(desk: &Desk, bundle: &Path) -> String {
    let input = desk.put("a.txt", "Tarvania menolak usul itu.");
    let output = score_with(bundle, &input, &desk.path("out")).output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("error: model: ") && !said.contains("panicked"), "{said}");
    assert!(!desk.path("out").exists());
    said
}

/// A safetensors file with this head and so many bytes behind it.
fn safetensors(head: &str, body: usize) -> Vec<u8> {
    [&(head.len() as u64).to_le_bytes()[..], head.as_bytes(), &vec![0; body]].concat()
}

fn tensor(dtype: &str, shape: &str, from: &str, to: &str) -> String {
    format!("{{\"x\":{{\"dtype\":\"{dtype}\",\"shape\":[{shape}],\"data_offsets\":[{from},{to}]}}}}")
}

#[test]
fn wrong_sizes_and_offsets_in_the_head_of_a_safetensors_file_are_refused() {
    let huge = u64::MAX.to_string();
    let cases = [
        ("a byte too few", safetensors(&tensor("F32", "2", "0", "8"), 7)),
        ("a byte too many", safetensors(&tensor("F32", "2", "0", "8"), 9)),
        ("offsets the wrong way round", safetensors(&tensor("F32", "2", "8", "0"), 8)),
        ("offsets past the end", safetensors(&tensor("F32", "2", "800", "808"), 8)),
        ("offsets past all ends", safetensors(&tensor("F32", "2", "0", &huge), 8)),
        ("offsets that run over", safetensors(&tensor("F32", "2", &huge, "8"), 8)),
        ("a gap before", safetensors(&tensor("F32", "1", "4", "8"), 8)),
        ("a shape of other size", safetensors(&tensor("F32", "3", "0", "8"), 8)),
        ("a shape that runs over", safetensors(&tensor("F32", &format!("{huge},{huge}"), "0", "8"), 8)),
        ("a shape that runs over to nothing", safetensors(&tensor("F32", &format!("{},4", 1_u64 << 62), "0", "0"), 0)),
        ("a negative offset", safetensors(&tensor("F32", "2", "-8", "0"), 8)),
        ("a half offset", safetensors(&tensor("F32", "2", "0", "7.5"), 8)),
        ("a type nobody knows", safetensors(&tensor("F99", "2", "0", "8"), 8)),
        ("two tensors on the same bytes", {
            let one = tensor("F32", "2", "0", "8");
            let inner = one.trim_start_matches('{').trim_end_matches('}');
            safetensors(&format!("{{{inner}}},{}}}}}", inner.replace("\"x\"", "\"y\"")), 8)
        }),
        ("a head longer than the file", [&1000_u64.to_le_bytes()[..], b"{}"].concat()),
        ("a head of all there is", [&u64::MAX.to_le_bytes()[..], b"{}"].concat()),
        ("a head that is no JSON", safetensors("{\"x\":", 0)),
        ("a head that is no object", safetensors("[1,2]", 0)),
        ("a head without end", safetensors(&"[".repeat(1_000_000), 0)),
        ("a head that is no UTF-8", [&2_u64.to_le_bytes()[..], b"\xff\xfe"].concat()),
        ("nothing", Vec::new()),
        ("less than a length", vec![1, 2, 3]),
    ];
    for (what, bytes) in cases {
        let found = Weights::parse(&bytes.into(), Path::new("b/encoder.safetensors"));
        let message = found.err().unwrap_or_else(|| panic!("{what} is taken for sound")).to_string();
        assert!(message.contains("b/encoder.safetensors") && message.contains("not a sound safetensors"), "{message}");
        assert!(message.contains("hint: ") && message.len() < 2_000, "{what}: {} characters", message.len());
    }
    let sound = Weights::parse(&safetensors(&tensor("F32", "2", "0", "8"), 8).into(), Path::new("x")).unwrap();
    assert_eq!(sound.floats("x", &[2]).unwrap(), [0.0, 0.0]);
    let other = Weights::parse(&safetensors(&tensor("F64", "1", "0", "8"), 8).into(), Path::new("x")).unwrap();
    assert!(other.floats("x", &[1]).unwrap_err().to_string().contains("not supported"));
}

#[test]
fn a_bundle_whose_weights_lie_is_refused_before_it_scores() {
    let desk = Desk::new();
    for name in ["encoder.safetensors", "words.q4"] {
        let sound = std::fs::read(tiny().join(name)).unwrap();
        let length = u64::from_le_bytes(*sound.first_chunk().unwrap()) as usize;
        let head: serde_json::Value = serde_json::from_slice(&sound[8..8 + length]).unwrap();
        let end = head.as_object().unwrap().values().filter_map(|t| t["data_offsets"][1].as_u64()).max().unwrap();
        for (from, to) in [
            (format!(",{end}]"), format!(",{}]", end + 1)),
            (format!(",{end}]"), format!(",{}]", u64::MAX)),
            ("\"shape\":[".to_owned(), "\"shape\":[9,".to_owned()),
            ("\"dtype\":\"".to_owned(), "\"dtype\":\"Q".to_owned()),
        ] {
            let folder = bundle(&desk);
            let text = String::from_utf8(sound[8..8 + length].to_vec()).unwrap();
            assert!(text.contains(&from), "{name} lacks {from}");
            let text = text.replacen(&from, &to, 1);
            let file = [&(text.len() as u64).to_le_bytes()[..], text.as_bytes(), &sound[8 + length..]].concat();
            std::fs::write(folder.join(name), file).unwrap();
            let said = refused(&desk, &folder);
            assert!(said.contains(name), "{from} -> {to}: {said}");
        }
    }
}

#[test]
fn sizes_in_a_config_that_no_machine_holds_are_refused() {
    let desk = Desk::new();
    for field in [
        "vocab_size",
        "hidden_size",
        "num_hidden_layers",
        "num_attention_heads",
        "intermediate_size",
        "max_position_embeddings",
        "type_vocab_size",
    ] {
        for value in ["0", "-1", "1e3", "4611686018427387904", "18446744073709551615", "99999999999999999999", "null"] {
            let folder = bundle(&desk);
            let file = folder.join("config.json");
            let mut config: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            config[field] = "here".into();
            std::fs::write(&file, config.to_string().replace("\"here\"", value)).unwrap();
            let message = match Checkpoint::read(&folder) {
                Err(error) => error.to_string(),
                Ok(checkpoint) => checkpoint.network().err().map(|error| error.to_string()).unwrap_or_default(),
            };
            assert!(message.starts_with("model: "), "{field} = {value}: {message:?}");
        }
    }
}

#[test]
fn files_of_a_bundle_without_end_or_without_meaning_are_refused_by_name() {
    let desk = Desk::new();
    let open = "[".repeat(1_000_000);
    let deep = format!("{{\"a\":{}1{}}}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    for name in ["config.json", "tokenizer.json", "nuansa.toml"] {
        let toml = format!("format = 1\nname = {open}");
        for content in [open.as_bytes(), deep.as_bytes(), b"\0\0\0\0", b"\xff\xfe{}", b"", toml.as_bytes(), b"null"] {
            let folder = bundle(&desk);
            std::fs::write(folder.join(name), content).unwrap();
            let said = refused(&desk, &folder);
            assert!(said.contains(name), "{name}: {said}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_in_a_bundle_blocks_nothing() {
    let desk = Desk::new();
    for name in ["config.json", "tokenizer.json", "encoder.safetensors", "words.q4"] {
        let folder = bundle(&desk);
        let file = folder.join(name);
        std::fs::remove_file(&file).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
        let said = refused(&desk, &folder);
        assert!(said.contains(name) && said.contains("not a regular file"), "{said}");
        std::fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &file).unwrap();
        assert!(refused(&desk, &folder).contains("not a regular file"));
        std::fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink(name, &file).unwrap();
        assert!(refused(&desk, &folder).contains(name), "a link to itself");
        std::fs::remove_file(&file).unwrap();
    }
}
