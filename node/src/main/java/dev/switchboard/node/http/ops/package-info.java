/** Liveness, readiness, metrics (contract.md §5). */
@NullMarked
package dev.switchboard.node.http.ops;

import org.jspecify.annotations.NullMarked;
