/* A stand-in for NVIDIA's libcuda.so.1, for tests: it answers what the environment tells it to.
 *
 *   STANDIN_CUDA_INIT      the code that cuInit returns (CUresult, cuda.h); 0 without it
 *   STANDIN_CUDA_VERSION   what cuDriverGetVersion says, 1000 * major + 10 * minor; 13000 without it
 *   STANDIN_CUDA_DEVICES   how many devices there are; 0 without it
 *   STANDIN_CUDA_ACT       what cuInit does instead of answering: segfault, abort, sleep, spin
 *
 * Build: cc -shared -fPIC -o libcuda.so.1 libcuda.c
 */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int CUresult;
enum { CUDA_SUCCESS = 0, CUDA_ERROR_INVALID_VALUE = 1, CUDA_ERROR_NOT_INITIALIZED = 3, CUDA_ERROR_NOT_FOUND = 500 };

static int number(const char *name, int otherwise) {
    const char *text = getenv(name);
    return text && *text ? atoi(text) : otherwise;
}

CUresult cuInit(unsigned int flags) {
    const char *act = getenv("STANDIN_CUDA_ACT");
    (void)flags;
    if (act && !strcmp(act, "segfault")) raise(SIGSEGV);
    if (act && !strcmp(act, "abort")) abort();
    if (act && !strcmp(act, "sleep")) for (;;) sleep(60);
    if (act && !strcmp(act, "spin")) for (;;) ;
    return number("STANDIN_CUDA_INIT", CUDA_SUCCESS);
}

CUresult cuDriverGetVersion(int *version) {
    *version = number("STANDIN_CUDA_VERSION", 13000);
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int *count) {
    *count = 0;
    if (number("STANDIN_CUDA_INIT", CUDA_SUCCESS) != CUDA_SUCCESS) return CUDA_ERROR_NOT_INITIALIZED;
    *count = number("STANDIN_CUDA_DEVICES", 0);
    return CUDA_SUCCESS;
}

CUresult cuDeviceGet(int *device, int ordinal) {
    *device = ordinal;
    return CUDA_SUCCESS;
}

CUresult cuDeviceGetName(char *name, int length, int device) {
    (void)device;
    strncpy(name, "Stand-in GPU", (size_t)length);
    if (length > 0) name[length - 1] = 0;
    return CUDA_SUCCESS;
}

CUresult cuGetErrorName(CUresult error, const char **text) {
    (void)error;
    *text = "CUDA_ERROR_STANDIN";
    return CUDA_SUCCESS;
}

CUresult cuGetErrorString(CUresult error, const char **text) {
    (void)error;
    *text = "the stand-in's error";
    return CUDA_SUCCESS;
}

/* The CUDA runtime takes private tables and entry points from here; it gets none but the above. */
CUresult cuGetExportTable(const void **table, const void *identity) {
    (void)identity;
    *table = 0;
    return CUDA_ERROR_NOT_FOUND;
}

CUresult cuGetProcAddress_v2(const char *symbol, void **function, int version, uint64_t flags, int *status);

CUresult cuGetProcAddress(const char *symbol, void **function, int version, uint64_t flags) {
    return cuGetProcAddress_v2(symbol, function, version, flags, 0);
}

CUresult cuGetProcAddress_v2(const char *symbol, void **function, int version, uint64_t flags, int *status) {
    static const struct { const char *name; void *address; } known[] = {
        {"cuInit", (void *)cuInit},
        {"cuDriverGetVersion", (void *)cuDriverGetVersion},
        {"cuDeviceGetCount", (void *)cuDeviceGetCount},
        {"cuDeviceGet", (void *)cuDeviceGet},
        {"cuDeviceGetName", (void *)cuDeviceGetName},
        {"cuGetErrorName", (void *)cuGetErrorName},
        {"cuGetErrorString", (void *)cuGetErrorString},
        {"cuGetExportTable", (void *)cuGetExportTable},
        {"cuGetProcAddress", (void *)cuGetProcAddress_v2},
    };
    size_t i;
    (void)version;
    (void)flags;
    for (i = 0; i < sizeof known / sizeof *known; i++) {
        if (!strcmp(symbol, known[i].name)) {
            *function = known[i].address;
            if (status) *status = 0;
            return CUDA_SUCCESS;
        }
    }
    *function = 0;
    if (status) *status = 1;
    return CUDA_ERROR_NOT_FOUND;
}
