"""Fits the polynomials of `src/kernels/wide.rs`: (Φ(x) − ½) / x in u = 2 (x / edge)² − 1.

The largest error of x · Φ(x) is made small by reweighted least squares (Lawson 1961), then measured with the f32
arithmetic of the kernel. Prints the error for each edge and degree, and the coefficients, lowest power first.

    python3 training/fit_gelu.py
"""

from math import erf

import numpy as np
from numpy.polynomial import chebyshev

ROUNDS = 200


def phi(x: np.ndarray) -> np.ndarray:
    """The normal distribution."""
    return 0.5 * (1 + np.vectorize(erf)(x / np.sqrt(2)))


def fma(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Multiply-add in f32, rounded once."""
    return np.float32(np.float64(a) * np.float64(b) + np.float64(c))


def fit(edge: float, degree: int) -> np.ndarray:
    """The coefficients as f32."""
    u = np.cos(np.linspace(0, np.pi, 4000))
    x = np.maximum(np.sqrt((u + 1) / 2) * edge, 1e-9)
    want = (phi(x) - 0.5) / x
    basis = chebyshev.chebvander(u, degree)
    # An error of the polynomial is one of x² times it in x · Φ(x).
    cost = x * x
    weight = np.ones_like(x)
    for _ in range(ROUNDS):
        scale = cost * np.sqrt(weight)
        found = np.linalg.lstsq(basis * scale[:, None], want * scale, rcond=None)[0]
        weight *= np.abs(basis @ found - want) * cost + 1e-14
        weight /= weight.mean()
    return chebyshev.cheb2poly(found).astype(np.float32)


def error(edge: float, poly: np.ndarray) -> float:
    """The largest error of x · Φ(x) over −12 to 12 with the kernel's arithmetic."""
    x = np.linspace(-12, 12, 200_001).astype(np.float32)
    c = np.clip(x, np.float32(-edge), np.float32(edge))
    u = fma(c * np.float32(2 / edge / edge), c, np.float32(-1))
    p = np.full_like(x, poly[-1])
    for k in poly[-2::-1]:
        p = fma(p, u, k)
    y = x * fma(c, p, np.float32(0.5))
    exact = x.astype(np.float64) * phi(x.astype(np.float64))
    return float(np.abs(y - exact).max())


KEPT = {10: 4.8, 6: 4.0}

for degree in (10, 8, 6):
    for edge in (3.8, 4.0, 4.2, 4.4, 4.6, 4.8):
        poly = fit(edge, degree)
        print(f"degree {degree}, edge {edge}: largest error {error(edge, poly):.2g}")
        if KEPT.get(degree) == edge:
            print("  " + ", ".join(f"{float(k):.9g}" for k in poly))
