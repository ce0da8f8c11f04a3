/* What one core can do at most: multiply-adds that wait for no memory and for no other, in fp32, bf16 and int8.
 *
 *   peak SECONDS   prints {"fp32": [operations per second, "instruction"], "bf16": …, "int8": …}; best of short chunks
 *
 * Compile with -O2 -march=native: the widest instructions of this processor are taken, its tiles (AMX) where it has any.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif
#if defined(__AMX_TILE__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#define ACCUMULATORS 24
#define TURNS 2000

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

volatile float sink;

/* Each kernel does TURNS turns and says how many operations that was. The empty asm keeps the compiler from folding. */
#define KEEP(x) __asm__ volatile("" : "+v"(x))

#if defined(__AVX512F__)
static const char *fp32_name = "vfmadd, 512 bits";
static double fp32(void) {
    __m512 a[ACCUMULATORS], x = _mm512_set1_ps(1.0f), y = _mm512_set1_ps(1e-9f);
    for (int i = 0; i < ACCUMULATORS; i++) a[i] = _mm512_set1_ps(i);
    for (int t = 0; t < TURNS; t++) {
        KEEP(x);
#pragma GCC unroll 24
        for (int i = 0; i < ACCUMULATORS; i++) a[i] = _mm512_fmadd_ps(x, y, a[i]);
    }
    for (int i = 1; i < ACCUMULATORS; i++) a[0] = _mm512_add_ps(a[0], a[i]);
    sink = _mm512_reduce_add_ps(a[0]);
    return 2.0 * 16 * ACCUMULATORS * TURNS;
}
#elif defined(__FMA__)
static const char *fp32_name = "vfmadd, 256 bits";
static double fp32(void) {
    __m256 a[12], x = _mm256_set1_ps(1.0f), y = _mm256_set1_ps(1e-9f);
    for (int i = 0; i < 12; i++) a[i] = _mm256_set1_ps(i);
    for (int t = 0; t < TURNS; t++) {
        KEEP(x);
#pragma GCC unroll 12
        for (int i = 0; i < 12; i++) a[i] = _mm256_fmadd_ps(x, y, a[i]);
    }
    for (int i = 1; i < 12; i++) a[0] = _mm256_add_ps(a[0], a[i]);
    sink = _mm256_cvtss_f32(a[0]);
    return 2.0 * 8 * 12 * TURNS;
}
#elif defined(__aarch64__)
static const char *fp32_name = "fmla, 128 bits";
static double fp32(void) {
    float32x4_t a[ACCUMULATORS], x = vdupq_n_f32(1.0f), y = vdupq_n_f32(1e-9f);
    for (int i = 0; i < ACCUMULATORS; i++) a[i] = vdupq_n_f32(i);
    for (int t = 0; t < TURNS; t++) {
        __asm__ volatile("" : "+w"(x));
#pragma GCC unroll 24
        for (int i = 0; i < ACCUMULATORS; i++) a[i] = vfmaq_f32(a[i], x, y);
    }
    for (int i = 1; i < ACCUMULATORS; i++) a[0] = vaddq_f32(a[0], a[i]);
    sink = vaddvq_f32(a[0]);
    return 2.0 * 4 * ACCUMULATORS * TURNS;
}
#else
static const char *fp32_name = "";
static double fp32(void) { return 0; }
#endif

#if defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__AMX_INT8__)
static const char *bf16_name = "tdpbf16ps, tiles", *int8_name = "tdpbssd, tiles";
static int ready(void) {
    /* Linux lends the tiles' registers to those who ask: arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA). */
    if (syscall(SYS_arch_prctl, 0x1023, 18)) return 0;
    struct { unsigned char palette, start, rest[14]; unsigned short columns[16]; unsigned char rows[16]; } config;
    memset(&config, 0, sizeof config);
    config.palette = 1;
    for (int i = 0; i < 8; i++) { config.columns[i] = 64; config.rows[i] = 16; }
    _tile_loadconfig(&config);
    return 1;
}
/* Four sums, two tiles on each side, as a matrix product uses them. */
#define TILES(instruction) \
    _tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3); \
    _tile_zero(4); _tile_zero(5); _tile_zero(6); _tile_zero(7); \
    for (int t = 0; t < TURNS; t++) { \
        instruction(0, 4, 6); instruction(1, 4, 7); instruction(2, 5, 6); instruction(3, 5, 7); \
    }
static double bf16(void) { TILES(_tile_dpbf16ps) return 2.0 * 16 * 16 * 32 * 4 * TURNS; }
static double int8(void) { TILES(_tile_dpbssd) return 2.0 * 16 * 16 * 64 * 4 * TURNS; }
#else
static int ready(void) { return 1; }
#if defined(__AVX512BF16__)
static const char *bf16_name = "vdpbf16ps, 512 bits";
static double bf16(void) {
    __m512 a[ACCUMULATORS];
    __m512bh x = (__m512bh)_mm512_setzero_si512();
    for (int i = 0; i < ACCUMULATORS; i++) a[i] = _mm512_set1_ps(i);
    for (int t = 0; t < TURNS; t++) {
        KEEP(x);
#pragma GCC unroll 24
        for (int i = 0; i < ACCUMULATORS; i++) a[i] = _mm512_dpbf16_ps(a[i], x, x);
    }
    for (int i = 1; i < ACCUMULATORS; i++) a[0] = _mm512_add_ps(a[0], a[i]);
    sink = _mm512_reduce_add_ps(a[0]);
    return 2.0 * 32 * ACCUMULATORS * TURNS;
}
#else
static const char *bf16_name = "";
static double bf16(void) { return 0; }
#endif
#if defined(__AVX512VNNI__)
static const char *int8_name = "vpdpbusd, 512 bits";
static double int8(void) {
    __m512i a[ACCUMULATORS], x = _mm512_set1_epi8(1);
    for (int i = 0; i < ACCUMULATORS; i++) a[i] = _mm512_set1_epi32(i);
    for (int t = 0; t < TURNS; t++) {
        KEEP(x);
#pragma GCC unroll 24
        for (int i = 0; i < ACCUMULATORS; i++) a[i] = _mm512_dpbusd_epi32(a[i], x, x);
    }
    for (int i = 1; i < ACCUMULATORS; i++) a[0] = _mm512_add_epi32(a[0], a[i]);
    sink = _mm512_reduce_add_epi32(a[0]);
    return 2.0 * 64 * ACCUMULATORS * TURNS;
}
#else
static const char *int8_name = "";
static double int8(void) { return 0; }
#endif
#endif

static double best(double (*kernel)(void), double seconds) {
    double fastest = 0;
    for (double end = now() + seconds; now() < end;) {
        double began = now(), operations = kernel(), rate = operations / (now() - began);
        if (rate > fastest) fastest = rate;
    }
    return fastest;
}

int main(int argc, char **argv) {
    const double seconds = argc > 1 ? atof(argv[1]) : 1.0;
    const int tiles = ready();
    printf("{\"fp32\": [%.6g, \"%s\"], ", best(fp32, seconds), fp32_name);
    printf("\"bf16\": [%.6g, \"%s\"], ", tiles ? best(bf16, seconds) : 0.0, bf16_name);
    printf("\"int8\": [%.6g, \"%s\"]}\n", tiles ? best(int8, seconds) : 0.0, int8_name);
    return 0;
}
