#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define BOLUS_FUSED_KERNEL avx512_kernel
#define BOLUS_FUSED_NAME "avx512"
#define BOLUS_FUSED_BYTES 64
#define BOLUS_FUSED_REGISTERS 32
#include "kernel.inc"
#endif
