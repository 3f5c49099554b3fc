/**
 * The protocol of WireGuard without a network: Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s, its cookies,
 * keys and replay windows. Bytes in, bytes out; time and chance are arguments. Neighbours: {@code
 * wire} below for keys and message formats; {@code tunnel.wg} above sends and receives. Threading:
 * objects belong to one device and so to one lane. Ancestors: sys/dev/wg/wg_noise.c, wg_cookie.c,
 * wg_crypto.c; the WireGuard paper (Donenfeld, NDSS 2017), sections 5.4 and 6.
 */
@NullMarked
package cellblock.tunnel.wg.noise;

import org.jspecify.annotations.NullMarked;
