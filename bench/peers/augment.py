"""Augmentation with albumentations and OpenCV on one thread, measured on request: JSON lines in, JSON lines out.

python augment.py PICTURES SIZE       raw uint8 pictures [n, SIZE, SIZE, 3]
python augment.py FOLDER SIZE         JPEG files, decoded and resized to SIZE each time
A line {"policy": name, "pictures": n} is answered by {"seconds": for n pictures}.
"""

import json
import pathlib
import sys
import time

import albumentations as A
import cv2
import numpy

cv2.setNumThreads(1)
effects = {
    "brightness_contrast": lambda p: A.RandomBrightnessContrast(p=p),
    "gaussian_blur": lambda p: A.GaussianBlur(blur_limit=(3, 7), p=p),
    "horizontal_flip": lambda p: A.HorizontalFlip(p=p),
    "rain": lambda p: A.RandomRain(p=p),
    "fog": lambda p: A.RandomFog(p=p),
    "motion_blur": lambda p: A.MotionBlur(blur_limit=(3, 7), p=p),
    "noise": lambda p: A.GaussNoise(std_range=(0.04, 0.15), p=p),
    "glare": lambda p: A.RandomSunFlare(p=p),
    # It has neither; the cheapest that comes near stands for them.
    "low_light": lambda p: A.RandomBrightnessContrast(brightness_limit=(-0.6, -0.3), p=p),
    "overexposure": lambda p: A.RandomBrightnessContrast(brightness_limit=(0.2, 0.4), p=p),
}


def main() -> None:
    source, size = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    if source.is_dir():
        files = sorted(str(file) for file in source.iterdir())
        count = len(files)

        def read(i):
            picture = cv2.cvtColor(cv2.imread(files[i]), cv2.COLOR_BGR2RGB)
            return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    else:
        pictures = numpy.fromfile(source, dtype=numpy.uint8).reshape(-1, size, size, 3)
        count = len(pictures)

        def read(i):
            return pictures[i].copy()

    print(json.dumps({"ready": True, "albumentations": A.__version__, "opencv": cv2.__version__}), flush=True)
    made = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = json.dumps(request["policy"])
        if key not in made:
            made[key] = A.Compose([effects[name](p) for name, p in request["policy"]], seed=1)
        policy = made[key]
        started = time.perf_counter()
        for i in range(request["pictures"]):
            policy(image=read(i % count))
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


main()
