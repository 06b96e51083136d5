/** Reads what other gateways have written: their providers as rows of {@code /api/import}, and what has no counterpart. */
@NullMarked
package dev.switchboard.node.migration;

import org.jspecify.annotations.NullMarked;
