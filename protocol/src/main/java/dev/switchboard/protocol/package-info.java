/** What crosses a boundary: domain values, actor protocols and JSON shapes. */
@NullMarked
package dev.switchboard.protocol;

import org.jspecify.annotations.NullMarked;
