/** Pure decisions: ranking, pools, protection, failure policy. */
@NullMarked
package dev.switchboard.node.routing;

import org.jspecify.annotations.NullMarked;
