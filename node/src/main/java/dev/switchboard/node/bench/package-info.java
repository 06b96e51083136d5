/** Measures the whole gateway from outside, beside a direct call and nginx in the same run. */
@NullMarked
package dev.switchboard.node.bench;

import org.jspecify.annotations.NullMarked;
