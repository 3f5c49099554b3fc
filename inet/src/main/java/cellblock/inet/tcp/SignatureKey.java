package cellblock.inet.tcp;

import cellblock.wire.IpAddress;

/**
 * The key of segments from one address to another (ancestor: struct secasvar of an
 * SADB_X_SATYPE_TCPSIGNATURE association).
 *
 * @param spi what setkey(8) calls it; segments do not carry it
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, nobody else holds it
public record SignatureKey(IpAddress from, IpAddress to, int spi, byte[] key) {}
