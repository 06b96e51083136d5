/** Provider wire formats, failure classification and the HTTP client. */
@NullMarked
package dev.switchboard.node.upstream;

import org.jspecify.annotations.NullMarked;
