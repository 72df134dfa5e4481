// Whatever the compiler's baseline has: SSE2 on x86-64, NEON on aarch64.
#define BOLUS_SLICE_KERNEL portable_slice_kernel
#define BOLUS_SLICE_BYTES 16
#ifdef __aarch64__
#define BOLUS_SLICE_NAME "neon"
#define BOLUS_SLICE_REGISTERS 32
#else
#define BOLUS_SLICE_NAME "portable"
#define BOLUS_SLICE_REGISTERS 16
#endif
#include "kernel.inc"
