/* Single calls of a BLAS's sgemm, timed one by one: the smallest loop there is to compare with.
 *
 *   sgemm_loop LIBRARY SYMBOL N SECONDS   prints {"best": s, "median": s, "samples": k}
 *
 * SYMBOL is Fortran's sgemm_ with 32-bit integers. The number of threads is the library's affair (MKL_NUM_THREADS,
 * OMP_NUM_THREADS).
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef void (*sgemm_t)(const char *, const char *, const int *, const int *, const int *, const float *, const float *,
                        const int *, const float *, const int *, const float *, float *, const int *);

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    sgemm_t sgemm = library ? (sgemm_t)dlsym(library, argv[2]) : NULL;
    if (!sgemm) { fprintf(stderr, "%s\n", dlerror()); return 1; }
    const int n = atoi(argv[3]);
    const double seconds = atof(argv[4]);
    const float one = 1.0f, zero = 0.0f;
    float *matrices[3];
    for (int i = 0; i < 3; i++) {
        if (posix_memalign((void **)&matrices[i], 64, sizeof(float) * n * n)) return 1;
        for (long j = 0; j < (long)n * n; j++) matrices[i][j] = (float)rand() / RAND_MAX - 0.5f;
    }
    const long most = 4000000;
    double *samples = malloc(most * sizeof(double));
    long count = 0;
    for (int i = 0; i < 3; i++)
        sgemm("N", "N", &n, &n, &n, &one, matrices[0], &n, matrices[1], &n, &zero, matrices[2], &n);
    for (double end = now() + seconds; now() < end && count < most; count++) {
        double began = now();
        sgemm("N", "N", &n, &n, &n, &one, matrices[0], &n, matrices[1], &n, &zero, matrices[2], &n);
        samples[count] = now() - began;
    }
    qsort(samples, count, sizeof(double), ascending);
    printf("{\"best\": %.9g, \"median\": %.9g, \"samples\": %ld}\n", samples[0], samples[count / 2], count);
    return 0;
}
