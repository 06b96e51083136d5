/** Hourly buckets, the request log and the dashboard's queries. */
@NullMarked
package dev.switchboard.node.statistics;

import org.jspecify.annotations.NullMarked;
