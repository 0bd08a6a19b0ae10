"""Pairs scored with NumPy and judged with scikit-learn, measured on request: JSON lines in, JSON lines out.

python pairs.py PICTURES WIDTH PAIRS
A line {"rounds": n} is answered by {"seconds": for n rounds}.
"""

import json
import sys
import time

import numpy as np
import sklearn
from sklearn.metrics import auc, roc_curve


def main() -> None:
    pictures, width, pairs = (int(text) for text in sys.argv[1:4])
    rng = np.random.default_rng(1)
    values = rng.normal(size=(pictures, width)).astype(np.float32)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    left, right = rng.integers(0, pictures, (2, pairs))
    same = rng.integers(0, 2, pairs)
    print(json.dumps({"sklearn": sklearn.__version__}), flush=True)
    for line in sys.stdin:
        rounds = json.loads(line)["rounds"]
        started = time.perf_counter()
        for _ in range(rounds):
            # In parts, as one gather of all would need four gigabytes.
            scores = np.concatenate(
                [
                    np.einsum("ij,ij->i", values[left[k : k + 50000]], values[right[k : k + 50000]])
                    for k in range(0, pairs, 50000)
                ]
            )
            fpr, tpr, _ = roc_curve(same, scores)
            area = auc(fpr, tpr)
            eer = fpr[np.argmin(np.abs(fpr - (1 - tpr)))]
            assert 0 < area < 1 and 0 < eer < 1
        print(json.dumps({"seconds": time.perf_counter() - started}), flush=True)


main()
