"""Runs a command and prints its CPU seconds, wall seconds and peak memory (MiB) as JSON on the last line. Python, since Node can't see a child's usage."""
import json, resource, subprocess, sys, time

start = time.monotonic()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": code, "cpu": usage.ru_utime + usage.ru_stime, "wall": time.monotonic() - start, "mib": usage.ru_maxrss / 1024}))
