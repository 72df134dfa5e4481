#if defined(__AVX2__) && defined(__FMA__)
#define BOLUS_FUSED_KERNEL avx2_kernel
#define BOLUS_FUSED_NAME "avx2"
#define BOLUS_FUSED_BYTES 32
#define BOLUS_FUSED_REGISTERS 16
#include "kernel.inc"
#endif
