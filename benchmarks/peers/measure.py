"""Runs a command N times: wall seconds (min, median, all) and the largest resident set of any run.

measure.py N COMMAND...   (the command's own output is dropped; a failing run ends the measurement)
"""
import os
import statistics
import sys
import time

times, cpu, peak = [], [], 0
for _ in range(int(sys.argv[1])):
    start = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    times.append(time.perf_counter() - start)
    if status:
        sys.exit(f"exit status {os.waitstatus_to_exitcode(status)}")
    cpu.append(usage.ru_utime + usage.ru_stime)
    peak = max(peak, usage.ru_maxrss)
print(f"wall s: min {min(times):.3f}, median {statistics.median(times):.3f}, of {len(times)}: "
      + " ".join(f"{t:.2f}" for t in times))
print(f"CPU s (user + system): min {min(cpu):.3f}, median {statistics.median(cpu):.3f}")
print(f"peak resident MB: {peak * 1024 / 1e6:.0f}; load average " + " ".join(f"{x:.1f}" for x in os.getloadavg()))
