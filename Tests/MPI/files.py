"""What studies of a folder read: a covariance, a direction, variances, weights, masks; exact in binary where that matters.

    files.py FOLDER
"""

import sys

folder = sys.argv[1]
d = 110


def write(name, rows):
    with open(f"{folder}/{name}", "w") as file:
        for row in rows:
            file.write(",".join(map(str, row)) + "\n")


# Two blocks that decay at different rates, with a diagonal of unequal variances.
write(
    "covariance.csv",
    [
        [(0.75 if min(i, j) < 40 else 0.5) ** abs(i - j) * ((i < 40) == (j < 40)) + (0.25 + i % 7 / 8) * (i == j) for j in range(d)]
        for i in range(d)
    ],
)
write("direction.csv", [[(k % 9 - 4) / 4] for k in range(d)])
write("variances.csv", [[0.5 + k % 5 / 4] for k in range(d)])
write("weights.csv", [[0.25 + k % 6 / 2] for k in range(d)])
write("masks.csv", [[int(k * (m + 2) % 7 < 4) for k in range(90)] for m in range(5)])
