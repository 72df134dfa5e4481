// Whatever the compiler's baseline has: SSE2 on x86-64, NEON on aarch64.
#define BOLUS_FUSED_KERNEL portable_kernel
#define BOLUS_FUSED_BYTES 16
#ifdef __aarch64__
#define BOLUS_FUSED_NAME "neon"
#define BOLUS_FUSED_REGISTERS 32
#else
#define BOLUS_FUSED_NAME "portable"
#define BOLUS_FUSED_REGISTERS 16
#endif
#include "kernel.inc"
