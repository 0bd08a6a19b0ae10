"""No-op trials as one array of Slurm by submitit, the launcher of Hydra; prints the seconds that they took."""

import sys
import time

import submitit


def trial(number: int) -> int:
    return number


if __name__ == "__main__":
    folder, count = sys.argv[1], int(sys.argv[2])
    begun = time.time()
    executor = submitit.SlurmExecutor(folder=folder, max_num_timeout=0)
    executor.update_parameters(time=5, array_parallelism=256, cpus_per_task=1, setup=[])
    jobs = executor.map_array(trial, range(count))
    # Its watcher asks sacct, which a Slurm without accounting has not: results are files.
    waiting = list(jobs)
    while waiting:
        waiting = [job for job in waiting if not job.paths.result_pickle.exists()]
        time.sleep(0.2)
    assert sorted(job.result() for job in jobs) == list(range(count))
    print("SECONDS", time.time() - begun)
