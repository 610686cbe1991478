"""The chains of `kernels`, in numba's Python: loops over one band of rows, (H, W) arrays and float32 numbers.

Importing this needs numba. Constants are float32 by name, because one bare number would turn a whole chain to double.
What a chain is for stands beside its caller; its torch twin is the reference.
"""

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from plugins.atmosphere.kernels import NIGHT, RODS

Number = np.float32
ZERO, QUARTER, HALF, ONE, TWO, THREE = (Number(n) for n in (0.0, 0.25, 0.5, 1.0, 2.0, 3.0))
RED, GREEN, BLUE = Number(0.2126), Number(0.7152), Number(0.0722)
LIMIT, HALF_ROOT = Number(126.0), Number(0.70710678)
# Minimax polynomial of 2^x on -0.5..0.5, relative error 6e-8.
E6, E5, E4, E3, E2, E1 = (
    Number(n) for n in (1.5353362e-4, 1.3398874e-3, 9.6184373e-3, 5.5503324e-2, 2.4022648e-1, 6.9314718e-1)
)
# Series of the area tangent: log2(m) = 2 / ln 2 · (s + s³/3 + s⁵/5 + s⁷/7 + s⁹/9) with s = (m - 1) / (m + 1).
L1, L3, L5, L7, L9 = (Number(2.8853900817779268 / n) for n in (1, 3, 5, 7, 9))
BIAS, MANTISSA_BITS, MANTISSA = np.int32(127), np.int32(23), np.int32(0x007FFFFF)
ONE_BITS = np.int32(0x3F800000)
TINY, PEAK_FLOOR = Number(1e-6), Number(1e-4)
LOG2_E = Number(1.4426950408889634)
K_LOW, K_HIGH, K_SMALL = Number(-8.0), Number(60.0), Number(1e-3)
# Of `surface.even_out` and `surface.clean_foreground`.
SUNLIT_BELOW, SUNLIT_SLOPE, SUN_RED, SUN_BLUE = Number(0.6), Number(1.0 / 1.5), Number(0.07), Number(0.10)
GREY_FLOOR, BLUE_ITSELF, BLUE_SLOPE, RED_SLOPE = Number(0.02), Number(0.75), Number(1.0 / 0.45), Number(2.5)
NEAR_BLUE = Number(0.92)
# Of `air._banks`.
BANK_CELL, BANK_FINER, BANK_RISE, BANK_SINK = Number(8.0), Number(2.1), Number(0.02), Number(0.05)
BANK_NEAR, BANK_DEPTH, BANK_LOW, BANK_HIGH = Number(1.0 / 45.0), Number(0.34), Number(0.4), Number(1.8)
ONE_HALF, SHADE_MOST = Number(1.5), Number(0.6)
ROD_R, ROD_G, ROD_B = (Number(n) for n in RODS)
NIGHT_R, NIGHT_G, NIGHT_B = (Number(n) for n in NIGHT)


@intrinsic
def _bits(_typing, _x):
    """The bits of a float32 as int32."""
    return types.int32(types.float32), lambda _c, builder, _s, args: builder.bitcast(args[0], ir.IntType(32))


@intrinsic
def _float(_typing, _x):
    """The float32 of these bits."""
    return types.float32(types.int32), lambda _c, builder, _s, args: builder.bitcast(args[0], ir.FloatType())


inline = njit(inline="always", error_model="numpy")
kernel = njit(nogil=True, fastmath={"contract", "nsz"}, error_model="numpy", cache=True)
"""Fused multiply-add, and no care for the sign of zero: nothing that would make a bit depend on its neighbours."""


@inline
def exp2(x):
    x = min(max(x, -LIMIT), LIMIT)
    n = np.floor(x + HALF)
    f = x - n
    p = ((((((E6 * f + E5) * f + E4) * f + E3) * f + E2) * f) + E1) * f + ONE
    return _float(np.int32((np.int32(n) + BIAS) << MANTISSA_BITS)) * p


@inline
def log2(x):
    """Of a normal, positive number."""
    b = _bits(x)
    e = Number((b >> MANTISSA_BITS) - BIAS)
    m = _float(np.int32((b & MANTISSA) | ONE_BITS)) * HALF
    low = m < HALF_ROOT
    m = m + m if low else m
    e = e if low else e + ONE
    s = (m - ONE) / (m + ONE)
    q = s * s
    return e + s * ((((L9 * q + L7) * q + L5) * q + L3) * q + L1)


@inline
def unit(t):
    """Within 0..1."""
    return min(max(t, ZERO), ONE)


@inline
def hermite(t):
    t = unit(t)
    return t * t * (THREE - TWO * t)


@kernel
def smooth(x, out, low, slope):
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = hermite((x[i, j] - low) * slope)


@kernel
def mix(a, b, t, out):
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[i, j] = (b[i, j] - a[i, j]) * t[i, j] + a[i, j]


@kernel
def luma(r, g, b, out):
    for i in range(r.shape[0]):
        for j in range(r.shape[1]):
            out[i, j] = RED * r[i, j] + GREEN * g[i, j] + BLUE * b[i, j]


@kernel
def night(r, g, b, share, toe):
    for i in range(r.shape[0]):
        for j in range(r.shape[1]):
            t = share[i, j]
            rods = (ROD_R * r[i, j] + ROD_G * g[i, j] + ROD_B * b[i, j]) * t
            x = r[i, j] * (ONE - t) + rods * NIGHT_R
            y = g[i, j] * (ONE - t) + rods * NIGHT_G
            z = b[i, j] * (ONE - t) + rods * NIGHT_B
            seen = RED * x + GREEN * y + BLUE * z
            k = seen / max(seen + toe, TINY)
            r[i, j] = x * k
            g[i, j] = y * k
            b[i, j] = z * k


@kernel
def faded(x, light, keep, gain):
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] = x[i, j] * keep + light[i, j] * gain


@kernel
def grain(r, g, b, n0, n1, n2, left, read, photon, gain):
    first = np.int64(left)
    for i in range(r.shape[0]):
        for j in range(r.shape[1]):
            y = RED * r[i, j] + GREEN * g[i, j] + BLUE * b[i, j]
            sigma = np.sqrt(max(photon * y + read, ZERO)) * gain
            r[i, j] = max(r[i, j] + sigma * n0[i, first + j], ZERO)
            g[i, j] = max(g[i, j] + sigma * n1[i, first + j], ZERO)
            b[i, j] = max(b[i, j] + sigma * n2[i, first + j], ZERO)


@kernel
def forced(sky, near, out, floor, slope):
    for i in range(sky.shape[0]):
        for j in range(sky.shape[1]):
            out[i, j] = max(unit((sky[i, j] - floor) * slope), ONE - near[i, j])


@inline
def texel(texture, x, y):
    """Bilinear look-up of a periodic texture whose side is a power of two."""
    side = np.int32(texture.shape[0] - 1)
    left, top = np.floor(x), np.floor(y)
    fx, fy = x - left, y - top
    j, i = np.int32(left), np.int32(top)
    j0, j1, i0, i1 = np.uint32(j & side), np.uint32((j + 1) & side), np.uint32(i & side), np.uint32((i + 1) & side)
    upper = texture[i0, j0] + (texture[i0, j1] - texture[i0, j0]) * fx
    lower = texture[i1, j0] + (texture[i1, j1] - texture[i1, j0]) * fx
    return upper + (lower - upper) * fy


@kernel
def octaves(u, v, step, total, texture, table):
    for i in range(u.shape[0]):
        for k in range(table.shape[0]):
            c, s, right, low, faded, slope, gain = table[k]
            for j in range(u.shape[1]):
                x = u[i, j] * c + v[i, j] * s + right
                y = v[i, j] * c - u[i, j] * s + low
                total[i, j] += texel(texture, x, y) * (hermite((step[i, j] - faded) * slope) * gain)


@kernel
def ruled(total, lines, texture):
    for i in range(total.shape[0]):
        for k in range(lines.shape[1] // 5):
            x0, dx, y0, dy, weight = lines[i, 5 * k : 5 * k + 5]
            if weight > ZERO:
                for j in range(total.shape[1]):
                    total[i, j] += texel(texture, x0 + dx * Number(j), y0 + dy * Number(j)) * weight


@kernel
def stops(r, g, b, out, floor):
    for i in range(r.shape[0]):
        for j in range(r.shape[1]):
            y = RED * r[i, j] + GREEN * g[i, j] + BLUE * b[i, j]
            out[i, j] = log2(max(y, ZERO) + floor)


@kernel
def split(y, a, b, base, detail):
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            smooth_part = a[i, j] * y[i, j] + b[i, j]
            base[i, j] = smooth_part
            detail[i, j] = y[i, j] - smooth_part


@kernel
def even(r, g, b, base, detail, lift, mean, c, k, lit_keep, lit_press, dark_keep, blue, blue_most, red_most, keep):
    for i in range(r.shape[0]):
        for j in range(r.shape[1]):
            d, over = detail[i, j], base[i, j] - mean
            lit = max(d, ZERO)
            new = lit * lit_keep / (lit * lit_press + ONE) + min(d, ZERO) * dark_keep
            gain = exp2(new - d - (min(over, ZERO) * lift[i, j] + max(over, ZERO) * c))
            sunlit = hermite((over + SUNLIT_BELOW) * SUNLIT_SLOPE) * k
            x = r[i, j] * gain * (ONE - SUN_RED * sunlit)
            y = g[i, j] * gain
            z = b[i, j] * gain * (ONE + SUN_BLUE * sunlit)
            if blue > ZERO:
                grey = max(x, y)
                scale = ONE / (grey + GREY_FLOOR)
                excess = z - grey
                share = max(excess, ZERO) * hermite((BLUE_ITSELF - excess * scale) * BLUE_SLOPE) * blue_most
                z -= share
                x += max(y - x, ZERO) * hermite((HALF - share * scale) * RED_SLOPE) * red_most
            seen = RED * x + GREEN * y + BLUE * z
            r[i, j] = max(seen + (x - seen) * keep, ZERO)
            g[i, j] = max(seen + (y - seen) * keep, ZERO)
            b[i, j] = max(seen + (z - seen) * keep, ZERO)


@kernel
def clean(r, g, b, pure_r, pure_g, pure_b, sky, near, out_r, out_g, out_b, low, slope, amount):
    for i in range(r.shape[0]):
        for j in range(r.shape[1]):
            m = hermite((sky[i, j] - low) * slope) * amount
            x = r[i, j] + min(pure_r[i, j] - r[i, j], ZERO) * m
            y = g[i, j] + min(pure_g[i, j] - g[i, j], ZERO) * m
            z = b[i, j] + min(pure_b[i, j] - b[i, j], ZERO) * m
            z -= max(z - NEAR_BLUE * max(x, y), ZERO) * near[i, j]
            out_r[i, j] = max(x, ZERO)
            out_g[i, j] = max(y, ZERO)
            out_b[i, j] = max(z, ZERO)


@kernel
def press(r, g, b, knee, strength, k):
    for i in range(r.shape[0]):
        for j in range(r.shape[1]):
            y = RED * r[i, j] + GREEN * g[i, j] + BLUE * b[i, j]
            over = max(y - knee, ZERO)
            gain = ONE - k * (over - over / (over * strength + ONE)) / (over + knee)
            r[i, j] *= gain
            g[i, j] *= gain
            b[i, j] *= gain


@kernel
def veil(x, through, level):
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] = (x[i, j] - level) * through[i, j] + level


@kernel
def lay(x, new, matte):
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] += (new[i, j] - x[i, j]) * matte[i, j]


@kernel
def lay_over(x, old, keep, light, matte):
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            new = old[i, j] * keep[i, j] + light[i, j]
            x[i, j] += (new - x[i, j]) * matte[i, j]


@kernel
def depth(up, reach, out, beta, scale):
    for i in range(up.shape[0]):
        for j in range(up.shape[1]):
            k = min(max(up[i, j] * reach[i, j] * scale, K_LOW), K_HIGH)
            small = abs(k) < K_SMALL
            safe = ONE if small else k
            share = ONE - HALF * k if small else (ONE - exp2(-safe * LOG2_E)) / safe
            out[i, j] = beta * reach[i, j] * share


@kernel
def peak(cosine, out, slope, offset, gain):
    for i in range(cosine.shape[0]):
        for j in range(cosine.shape[1]):
            near = gain / np.sqrt(max(cosine[i, j] * slope + offset, PEAK_FLOOR))
            out[i, j] = near * near * near


@kernel
def falloff(x, out, rate):
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = exp2(x[i, j] * rate)


@kernel
def look_up(u, v, out, texture, scale):
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            out[i, j] = texel(texture, u[i, j] * scale, v[i, j] * scale)


@kernel
def drops(r, g, b, lr, lg, lb, veil, beam, ar, ag, ab, local, dim, spread, most, hr, hg, hb):
    for i in range(r.shape[0]):
        for j in range(r.shape[1]):
            cover = min(ONE - exp2(-veil[i, j] * LOG2_E), most)
            x = max(ar * dim, lr[i, j] * local + ar * spread) + beam[i, j] * hr
            y = max(ag * dim, lg[i, j] * local + ag * spread) + beam[i, j] * hg
            z = max(ab * dim, lb[i, j] * local + ab * spread) + beam[i, j] * hb
            r[i, j] += max(x - r[i, j], ZERO) * cover
            g[i, j] += max(y - g[i, j], ZERO) * cover
            b[i, j] += max(z - b[i, j], ZERO) * cover


@kernel
def lines(u0, v0, u1, v1, length, share, canvas, fixed_point, longest):
    height, width = Number(canvas.shape[0] - 2), Number(canvas.shape[1] - 2)
    for n in range(len(u0)):
        count = min(max(np.ceil(length[n]), ONE), longest)
        energy = share[n] * (max(length[n], ONE) / count) * fixed_point
        for s in range(np.int32(count)):
            t = (Number(s) + HALF) / count
            along = TWO * t - ONE
            x, y = u0[n] + (u1[n] - u0[n]) * t + HALF, v0[n] + (v1[n] - v0[n]) * t + HALF
            if x > ZERO and x < width and y > ZERO and y < height:
                here = energy * (ONE_HALF - ONE_HALF * along * along)
                left, top = np.floor(x), np.floor(y)
                i, j = np.int32(top), np.int32(left)
                right = (x - left) * here
                rest, low = here - right, y - top
                below_left, below_right = rest * low, right * low
                canvas[i, j] += np.int32(np.rint(rest - below_left))
                canvas[i, j + 1] += np.int32(np.rint(right - below_right))
                canvas[i + 1, j] += np.int32(np.rint(below_left))
                canvas[i + 1, j + 1] += np.int32(np.rint(below_right))


@kernel
def soak(r, g, b, gain, ground, deeper):
    for i in range(r.shape[0]):
        for j in range(r.shape[1]):
            k = gain[i, j]
            x, y, z = r[i, j] * k, g[i, j] * k, b[i, j] * k
            t = ground[i, j] * deeper
            grey = (RED * x + GREEN * y + BLUE * z) * t
            r[i, j] = max(x * (ONE + t) - grey, ZERO)
            g[i, j] = max(y * (ONE + t) - grey, ZERO)
            b[i, j] = max(z * (ONE + t) - grey, ZERO)


@kernel
def frost(r, g, b, share, shade, wr, wg, wb, br, bg, bb):
    for i in range(r.shape[0]):
        for j in range(r.shape[1]):
            s = share[i, j]
            keep, light, dim = ONE - s, s * shade[i, j], min(max(ONE - shade[i, j], ZERO), SHADE_MOST)
            r[i, j] = r[i, j] * keep + light * (ONE + br * dim) * wr
            g[i, j] = g[i, j] * keep + light * (ONE + bg * dim) * wg
            b[i, j] = b[i, j] * keep + light * (ONE + bb * dim) * wb


@kernel
def banks(right, up, ahead, ray, out, texture, steps, cos_yaw, sin_yaw, u0, v0, u1, v1, texels, beta, thick):
    for i in range(ray.shape[0]):
        for j in range(ray.shape[1]):
            across = right[i, j] * cos_yaw + ahead[i, j] * sin_yaw
            along = ahead[i, j] * cos_yaw - right[i, j] * sin_yaw
            total, weights = ZERO, TINY
            for k in range(steps.shape[0]):
                s = ray[i, j] * steps[k, 0]
                weight = steps[k, 1] * exp2(-beta * LOG2_E * s)
                u, v, rise = across * s * texels, along * s * texels, up[i, j] * s * BANK_CELL
                n = texel(texture, u + u0 + rise * BANK_RISE, v + v0)
                n += HALF * texel(texture, BANK_FINER * u + u1, BANK_FINER * v + v1 - rise * BANK_SINK)
                total += n * weight * hermite(s * BANK_NEAR)
                weights += weight
            out[i, j] = min(max(ONE + BANK_DEPTH * thick * total / weights, BANK_LOW), BANK_HIGH)
