/** The database: connection, schema, and durable state that survives its absence. */
@NullMarked
package dev.switchboard.node.persistence;

import org.jspecify.annotations.NullMarked;
