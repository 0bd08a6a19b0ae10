"""Pictures of a folder decoded and resized with OpenCV in worker processes, measured on request: JSON lines in, JSON lines out.

python decode_opencv.py FOLDER SIZE WORKERS     FOLDER/<person>/*.jpg
A line {"epochs": n} is answered by {"seconds": for n epochs}.
"""

import json
import multiprocessing
import sys
import time
from pathlib import Path

import cv2


def decode(task):
    file, size = task
    cv2.setNumThreads(1)
    picture = cv2.resize(cv2.imread(file), (size, size), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def main() -> None:
    folder, size, workers = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    tasks = [(str(file), size) for file in sorted(Path(folder).glob("*/*.jpg"))]
    with multiprocessing.Pool(workers) as pool:
        print(json.dumps({"opencv": cv2.__version__, "pictures": len(tasks)}), flush=True)
        for line in sys.stdin:
            epochs = json.loads(line)["epochs"]
            started = time.perf_counter()
            for _ in range(epochs):
                for picture in pool.imap(decode, tasks, chunksize=16):
                    assert picture.shape == (size, size, 3)
            print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


if __name__ == "__main__":
    main()
