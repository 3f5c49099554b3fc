package cellblock.userland.net.fetch;

import java.io.InputStream;

/**
 * An opened document (ancestor: struct url_stat, and the FILE of fetchXGet).
 *
 * @param size of the whole document, -1 = not known
 * @param modified seconds since 1970, 0 = not known
 * @param offset where {@code body} begins
 */
record Remote(InputStream body, long size, long modified, long offset) {}
