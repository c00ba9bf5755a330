"""Sentences for the golden files, written for this purpose by a language model; people and places are invented."""

from __future__ import annotations

#: Ordinary news sentences, (ISO 639-1 language, text).
NEWS: list[tuple[str, str]] = [
    ("id", "Pemerintah Karenda menarik dua batalion dari perbatasan utara."),
    ("id", 'Menteri Luar Negeri Tavira Ansori: "Kami tidak akan berunding di bawah ancaman," kata dia, Selasa (13/1).'),
    ("id", "Meski bernada hangat, pertemuan itu tak menghasilkan apa-apa, ujar Ir. H. Baskara Wiratmo, M.Si."),
    ("id", "Sekitar 100.000 pengungsi, termasuk anak-anak, menunggu bantuan di Pelabuhan Sandewa sejak pk. 14.30."),
    ("id", "Kedua belah pihak sepakat melanjutkan gencatan senjata hingga akhir Ramadan."),
    ("id", "Baca juga: Karenda Ancam Tutup Selat"),
    ("id", "Anggaran pertahanannya naik 7,5% menjadi Rp3,2 triliun."),
    ("id", "Kapal-kapal perang itu belum juga pulang-pulang, keluh nelayan di Teluk Lumbuk."),
    ("ms", "Kerajaan Karenda menafikan dakwaan bahawa tenteranya telah menceroboh ruang udara jiran."),
    ("ms", "Beliau menyeru semua pihak supaya bertenang dan kembali ke meja rundingan."),
    ("ms", "Mesyuarat itu ditangguhkan kerana wakil Ostrava Baharu enggan hadir."),
    ("ms", "Rakyat di Kampung Seri Maluang gembira selepas pasukan keselamatan berundur."),
    ("en", "Karenda's foreign minister said the blockade would be lifted within forty-eight hours."),
    ("en", "“We won't be bullied,” Col. Dana R. Whitlow told reporters at the U.S. embassy in Port Sandewa."),
    ("en", "The ultimatum expires at 6:00 p.m.; after that, all options are on the table."),
    ("en", "Neither side expects a breakthrough, though both agreed to meet again in Lumbuk."),
    ("en", "Shelling resumed overnight, killing at least 17 people, the relief agency reported."),
    ("en", "Aid convoys crossed the Merren bridge for the first time since 2019."),
    ("en", "Prices for wheat, sunflower oil and diesel rose again last month."),
    ("ru", "МИД Каренды заявил, что переговоры с Лумбуком зашли в тупик."),
    ("ru", "«Мы готовы к диалогу без предварительных условий», — сказала посол Ева Торникова."),
    ("ru", "В ночь на 4 марта были обстреляны посёлки Верхний Ярыш и Заречье; есть раненые."),
    ("ru", "Стороны обменялись пленными по формуле «всех на всех»."),
    ("ru", "Эксперты считают, что риск новой эскалации невелик."),
    ("es", "El gobierno de Karenda rechazó el ultimátum y cerró el paso fronterizo de Río Manso."),
    ("es", "¿Habrá alto el fuego? «Todavía es pronto para decirlo», respondió la mediadora Inés Quiroga."),
    ("es", "Más de 3.500 familias regresaron a sus casas tras el acuerdo."),
    ("es", "El portavoz negó que existan planes de invadir la isla vecina."),
    ("fr", "L'ambassadrice a qualifié d'« inacceptable » l'arraisonnement du cargo."),
    ("fr", "Les deux délégations se retrouveront jeudi à Valmère pour signer l'accord d'échange."),
    ("fr", "Aujourd'hui, aucun coup de feu n'a été entendu à l'est du fleuve."),
    ("fr", "Le président n'exclut pas de nouvelles sanctions contre la Karende."),
    ("de", "Außenministerin Grethe Öllinger warnte vor einer „gefährlichen Spirale“ im Grenzgebiet."),
    ("de", "Die Bundesregierung liefert Zelte, Decken und Trinkwasseraufbereitungsanlagen."),
    ("de", "Am 3. Mai sollen die Gespräche in Kärnbach fortgesetzt werden."),
    ("de", "Der Waffenstillstand hält weitgehend, sagte ein Beobachter."),
    ("ar", "أعلنت حكومة كارندا انسحاب قواتها من المنطقة الحدودية الشمالية."),
    ("ar", "وقال الوزير: «لن نقبل أي شروط مسبقة»، مؤكداً استمرار الحصار."),
    ("ar", "قُتل ١٢ شخصاً في القصف الذي استهدف ميناء سانديوا ليلة أمس."),
    ("ar", "رحّبت الأمم المتحدة باتفاق تبادل الأسرى."),
    ("zh", "卡伦达外交部长表示，双方将于下周恢复谈判。"),
    ("zh", "“我们不会屈服于任何威胁，”发言人林若溪说。"),
    ("zh", "边境冲突已造成至少17人死亡，数千人流离失所。"),
    ("zh", "專家認為，停火協議仍然脆弱。"),
]

#: Inputs that break tokenizers, (what it is, text). Escapes keep invisible characters visible in review.
ODD: list[tuple[str, str]] = [
    ("empty", ""),
    ("one space", " "),
    ("only white space", " \t\n \u3000 "),
    ("one letter", "a"),
    ("one full stop", "."),
    ("double and trailing spaces", "  Pasukan   mundur  ke   barat.  "),
    ("line breaks and tabs", "Judul berita\r\n\r\nIsi\tberita\nlanjut."),
    ("no-break and thin spaces", "12\u00a0000\u2009orang \u202f mengungsi"),
    ("ideographic space", "停火\u3000协议"),
    ("zero-width characters", "per\u200bda\u200cmai\u200dan \u2060dan\ufeff sepakat"),
    ("soft hyphen", "ke\u00adamanan per\u00adbatasan"),
    ("control characters", "gencatan\u0000 senjata\u0007 di\u001b[31m Lumbuk\u007f\u0085"),
    ("bidi marks", "\u200eKarenda\u200f \u202aاتفاق\u202c \u2066damai\u2069"),
    ("byte-order mark first", "\ufeffSerangan berhenti."),
    ("replacement character", "Caf\ufffd ditutup"),
    ("ligatures", "eﬀort, oﬃce, ﬁnal, ﬂeet, ﬅraße"),
    ("full-width letters", "ＮＡＴＯ　１２３，Ｋａｒｅｎｄａ！"),
    ("half-width katakana", "ｶﾙﾝﾀﾞ ﾆｭｰｽ"),
    ("circled and roman numerals", "① pertama ② kedua Ⅻ ⅳ ㈱ ㎞ ½ ²"),
    ("compatibility ideographs", "\uf900\ufa0e 﨑 ㍿"),
    ("decomposed accents", "Cafe\u0301 Ria\u0301l Mu\u0308nchen"),
    ("Hangul jamo and syllables", "\u1112\u1161\u11ab국 정부는 협상을 재개했다"),
    ("Arabic presentation forms", "\ufef3\ufeee\ufee1 \ufdfa"),
    ("Arabic vowels and tatweel", "السَّلَامُ عَلَيْكُم ســـلام"),
    ("emoji", "Damai 🕊️ sekarang 🙏🏽 👩‍👩‍👧‍👦 🇮🇩"),
    ("rare letters", "𐌰𐌽𐌳 ꙮ ᚠᚢᚦ 𓂀"),
    ("private use", "kode \ue000\uf8ff selesai"),
    ("mathematical letters", "𝕶𝖆𝖗𝖊𝖓𝖉𝖆 𝟙𝟚𝟛"),
    ("the word separator itself", "▁Karenda ▁▁ sudah▁ada"),
    ("special tokens as text", "<s> Karenda </s> <pad> <mask> <unk>"),
    (
        "address, mail and tag",
        "Kirim ke redaksi@kabar-lumbuk.example atau https://kabar.example/a?b=1&c=%20 #damai @juru_bicara",
    ),
    ("markup", "<p class='x'>Karenda &amp; Lumbuk</p>"),
    ("curly quotes and dashes", "‘ya’ “tidak” „nein“ «нет» – — … ′ ″"),
    ("digits", "1234567890 3,14159 -42 +7 (021) 555-0199 1e10 ١٢٣ १२३ ๑๒๓"),
    ("no spaces in Thai, Japanese, Khmer", "รัฐบาลประกาศหยุดยิง 停戦に合意した បទឈប់បាញ់"),
    ("Hindi and Tamil", "सरकार ने युद्धविराम की घोषणा की। அமைதிப் பேச்சு"),
    ("capitals", "KARENDA MENOLAK ULTIMATUM LUMBUK"),
    ("lower case without marks", "presiden karenda kata dia akan hadir besok di lumbuk"),
    ("repeated marks", "Perang!!!??? ....... ------ ,,,,"),
    ("one very long word", "ketidakberpihak" * 40 + "an"),
    ("one letter two hundred times", "a" * 200),
    ("one unknown sign many times", "ꙮ" * 30),
    ("long sentence", ", ".join(["pos anggaran untuk pemeliharaan jalan desa"] * 60) + ", dan pasukan mundur."),
]

#: Texts of 1 to 40 words for the tiny models.
TINY: list[str] = [
    "Damai.",
    "Pasukan mundur.",
    "Talks failed again on Tuesday.",
    "Стороны согласились продолжить переговоры в четверг без условий.",
    "Karenda menolak ultimatum itu dan menutup perbatasan utara, kata juru bicara kementerian Senin malam di Lumbuk.",
    (
        "The minister of Karenda said that the blockade of the strait would be lifted within two days if the "
        "neighbours withdrew their ships, released the crew of the cargo vessel and returned to the table, a demand "
        "which Lumbuk called absurd."
    ),
]

#: For the tiny models' last positions: more tokens than they can read, cut to 512.
TINY_LONG: list[str] = [" ".join(TINY[2:5] * 20)]

#: What the tiny tokenizer learns its pieces from, besides NEWS.
TINY_CORPUS: list[str] = [
    "Juru bicara kementerian mengatakan pasukan akan ditarik dari perbatasan utara pada Senin malam.",
    "Kedua negara menolak ultimatum dan menutup perbatasan, tetapi perundingan damai tetap dilanjutkan.",
    "Karenda dan Lumbuk sepakat membuka selat bagi kapal kargo mulai Kamis.",
    "The blockade of the strait was lifted after two days of talks between the ministers.",
    "Karenda demanded that the neighbours withdraw their ships and release the crew.",
    "Talks failed again; the ministers returned home without an agreement on Tuesday.",
    "Переговоры продолжаются, стороны согласились встретиться в четверг.",
    "Министр заявил, что войска вернутся домой без условий.",
]

#: For the real base model, one each in nine languages and a long one that reaches the last positions.
BASE: list[str] = [
    NEWS[1][1],
    NEWS[8][1],
    NEWS[13][1],
    NEWS[20][1],
    NEWS[25][1],
    NEWS[28][1],
    NEWS[32][1],
    NEWS[37][1],
    NEWS[41][1],
    ", ".join(["pos anggaran untuk pemeliharaan jalan desa"] * 70),
]
