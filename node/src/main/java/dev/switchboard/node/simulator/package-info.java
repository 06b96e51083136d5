/** Stand-in providers: four chat wire formats with faults on demand, for the demo platform, tests and benchmarks. */
@NullMarked
package dev.switchboard.node.simulator;

import org.jspecify.annotations.NullMarked;
