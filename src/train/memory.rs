//! The memory this process holds.

/// Resident memory in MB (10⁶ bytes), where the system tells it in `/proc/self/status`.
pub fn resident_mb() -> Option<f64> {
    of(&std::fs::read_to_string("/proc/self/status").ok()?)
}

fn of(status: &str) -> Option<f64> {
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()? * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_found_and_a_status_without_it_gives_nothing() {
        assert_eq!(of("Name:\tx\nVmRSS:\t  125000 kB\n"), Some(128.0));
        assert_eq!(of("Name:\tx\nVmRSS:\t12 pages\n"), None);
    }
}
