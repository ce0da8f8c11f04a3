"""How many threads may compute side by side: cores, not their siblings; affinity; quota; what the person has set."""

import os

SET_BY = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def usable(asked, library_threads):
    """The number of threads, and for a person why it is that many.

    asked: `quota_cores`, `physical_cores`. library_threads: how many the library would take by itself.
    """
    affinity = allowed()
    cores = physical(affinity) or min(len(affinity), asked.get("physical_cores") or len(affinity))
    count, because = cores, "physical cores"
    total = os.cpu_count() or len(affinity)
    if len(affinity) < total:
        because = "cores this process may use (%d of %d processors by its affinity)" % (len(affinity), total)
    quota = asked.get("quota_cores")
    if quota is not None and int(quota) < count:
        count, because = max(1, int(quota)), "the control group's CPU quota of %.2g cores" % quota
    for name in SET_BY:
        value = os.environ.get(name, "").split(",")[0].strip()
        if value.isdigit() and 0 < int(value) < count and int(value) == library_threads:
            count, because = int(value), "%s=%s" % (name, value)
    return count, because


def allowed():
    """The numbers of the processors this process may run on."""
    try:
        return sorted(os.sched_getaffinity(0))
    except AttributeError:
        return list(range(os.cpu_count() or 1))


def physical(processors, root="/sys/devices/system/cpu"):
    """How many different cores these processors sit on; 0 where the kernel does not tell."""
    cores = set()
    for number in processors:
        for name in ("core_cpus_list", "thread_siblings_list"):
            try:
                with open("%s/cpu%d/topology/%s" % (root, number, name)) as file:
                    cores.add(file.read().strip())
                break
            except OSError:
                continue
        else:
            return 0
    return len(cores)
