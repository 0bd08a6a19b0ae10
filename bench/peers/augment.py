"""Augmentation with albumentations and OpenCV on one thread, measured on request: JSON lines in, JSON lines out.

python augment.py PICTURES SIZE       raw uint8 pictures [n, SIZE, SIZE, 3]
python augment.py FOLDER SIZE         JPEG files, decoded and resized to SIZE each time
A line {"policy": [{"effect", "p", "effects"?}], "pictures": n} is answered by {"seconds": for n pictures}.
"""

import json
import pathlib
import sys
import time

import albumentations as A
import cv2
import numpy

SIZE = int(sys.argv[2])
compositions = {"one_of": A.OneOf, "sequence": A.Sequential}

cv2.setNumThreads(1)
effects = {
    "brightness_contrast": lambda p: A.RandomBrightnessContrast(p=p),
    "gaussian_blur": lambda p: A.GaussianBlur(blur_limit=(3, 7), p=p),
    "horizontal_flip": lambda p: A.HorizontalFlip(p=p),
    "rain": lambda p: A.RandomRain(p=p),
    "fog": lambda p: A.RandomFog(p=p),
    "fog_patches": lambda p: A.RandomFog(p=p),
    "motion_blur": lambda p: A.MotionBlur(blur_limit=(3, 7), p=p),
    "noise": lambda p: A.GaussNoise(std_range=(0.04, 0.15), p=p),
    "glare": lambda p: A.RandomSunFlare(p=p),
    "sun_flare": lambda p: A.RandomSunFlare(p=p),
    "affine": lambda p: A.Affine(
        scale=(0.9, 1.1), translate_percent=(-0.05, 0.05), rotate=(-10, 10), border_mode=cv2.BORDER_REFLECT_101, p=p
    ),
    "random_crop": lambda p: A.RandomResizedCrop(size=(SIZE, SIZE), scale=(0.5, 1), p=p),
    "downscale": lambda p: A.Downscale(
        scale_range=(0.25, 0.75), interpolation_pair={"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_LINEAR}, p=p
    ),
    "gamma": lambda p: A.RandomGamma(p=p),
    "hue_saturation": lambda p: A.HueSaturationValue(hue_shift_limit=(-6, 6), p=p),
    "defocus": lambda p: A.Defocus(radius=(1, 3), p=p),
    "iso_noise": lambda p: A.ISONoise(p=p),
    "shot_noise": lambda p: A.ShotNoise(scale_range=(0.01, 0.1), p=p),
    "jpeg": lambda p: A.ImageCompression(quality_range=(30, 90), p=p),
    "shadow": lambda p: A.RandomShadow(shadow_roi=(0, 0, 1, 1), shadow_intensity_range=(0.3, 0.6), p=p),
    "coarse_dropout": lambda p: A.CoarseDropout(p=p),
    # It has neither; the cheapest that comes near stands for them.
    "low_light": lambda p: A.RandomBrightnessContrast(brightness_limit=(-0.6, -0.3), p=p),
    "overexposure": lambda p: A.RandomBrightnessContrast(brightness_limit=(0.2, 0.4), p=p),
}


def made_of(step):
    if "effects" in step:
        return compositions[step["effect"]]([made_of(inner) for inner in step["effects"]], p=step["p"])
    return effects[step["effect"]](step["p"])


def main() -> None:
    source, size = pathlib.Path(sys.argv[1]), SIZE
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
            made[key] = A.Compose([made_of(step) for step in request["policy"]], seed=1)
        policy = made[key]
        started = time.perf_counter()
        for i in range(request["pictures"]):
            policy(image=read(i % count))
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


main()
