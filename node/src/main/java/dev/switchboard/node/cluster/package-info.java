/** The view of the cluster, health, readiness, metrics. */
@NullMarked
package dev.switchboard.node.cluster;

import org.jspecify.annotations.NullMarked;
