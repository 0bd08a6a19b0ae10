"""No-op trials as jobs of Ray by its SDK, or by Ray Tune; prints the seconds that they took."""

import sys
import time


def by_sdk(address: str, count: int) -> None:
    from ray.job_submission import JobStatus, JobSubmissionClient

    client = JobSubmissionClient(address)
    ids = [client.submit_job(entrypoint="true", entrypoint_num_cpus=1) for _ in range(count)]
    ended = {JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.STOPPED}
    while ids:
        ids = [job for job in ids if client.get_job_status(job) not in ended]
        time.sleep(0.2)


def by_tune(address: str, count: int) -> None:
    import ray
    from ray import tune

    ray.init(address=address, log_to_driver=False)
    tune.Tuner(
        tune.with_resources(lambda config: {"done": config["number"]}, {"cpu": 1}),
        param_space={"number": tune.grid_search(list(range(count)))},
    ).fit()


if __name__ == "__main__":
    way, address, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    begun = time.time()
    by_sdk(address, count) if way == "sdk" else by_tune(address, count)
    print("SECONDS", time.time() - begun)
