"""The machine and what is installed on it. Standard library only; what /proc would say is empty elsewhere."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from pathlib import Path

FEATURES = (
    "avx2",
    "fma",
    "f16c",
    "avx_vnni",
    "avx512f",
    "avx512bw",
    "avx512vl",
    "avx512_vnni",
    "avx512_bf16",
    "amx_tile",
    "amx_int8",
    "amx_bf16",
    "asimd",
    "asimddp",
    "i8mm",
    "bf16",
)
PEAKS = {"int8": "int8_gops", "f32": "f32_gflops", "bf16": "bf16_gflops"}
TIMEOUT_S = 120


def lines(path: str) -> list[str]:
    """Of a file of /proc; none where there is no such file."""
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu() -> dict[str, object]:
    """Name, family, cores and the features that matter to the kernels."""
    found: dict[str, str] = {}
    for line in lines("/proc/cpuinfo"):
        key, _, value = line.partition(":")
        found.setdefault(key.strip(), value.strip())
    have = set((found.get("flags") or found.get("Features") or "").split())
    return {
        "name": found.get("model name", platform.processor() or platform.machine()),
        "family": found.get("cpu family", ""),
        "model": found.get("model", ""),
        "cores": cores(),
        "features": [feature for feature in FEATURES if feature in have],
        "system": f"{platform.system()} {platform.machine()}",
    }


def versions(python: Path, requirements: Path) -> dict[str, str]:
    """Of the packages that the requirements name, as the workers' Python has them; an absent one is left out."""
    wanted = [line.split("==")[0] for line in lines(str(requirements)) if "==" in line]
    program = (
        "import importlib.metadata as m, json, sys\n"
        "found = {}\n"
        "for name in sys.argv[1:]:\n"
        "    try: found[name] = m.version(name)\n"
        "    except m.PackageNotFoundError: pass\n"
        "found['Python'] = sys.version.split()[0]\n"
        "print(json.dumps(found))"
    )
    done = subprocess.run([python, "-c", program, *wanted], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def peaks(nuansa: Path, threads: int) -> dict[str, float]:
    """Billions of operations a second by precision, as our own binary measures them; none where it does not."""
    command = [nuansa, "bench", "--peak", "--json", "--threads", str(threads)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, stdin=subprocess.DEVNULL)
        measured = json.loads(done.stdout) if done.returncode == 0 else {}
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return {}
    return {
        precision: float(measured[key])
        for precision, key in PEAKS.items()
        if isinstance(measured.get(key), int | float)
    }


def process_seconds(pid: int) -> float:
    """CPU time of a process and its threads so far; 0 where /proc doesn't say."""
    text = "".join(lines(f"/proc/{pid}/stat"))
    # The name in parentheses may hold anything; user and system time are fields 14 and 15.
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if len(fields) > 12 else 0.0


def busy_seconds() -> float:
    """CPU time of all processes of the machine so far, and what a hypervisor took."""
    fields = next((line.split() for line in lines("/proc/stat") if line.startswith("cpu ")), [])
    if len(fields) < 9:
        return 0.0
    user, nice, system, _idle, _wait, interrupt, soft, steal = map(int, fields[1:9])
    return (user + nice + system + interrupt + soft + steal) / os.sysconf("SC_CLK_TCK")
