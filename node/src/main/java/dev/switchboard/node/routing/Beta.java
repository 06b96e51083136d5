package dev.switchboard.node.routing;

import java.util.random.RandomGenerator;

/** Draws from a Beta distribution as the ratio of two Gamma draws (Marsaglia and Tsang, 2000). */
final class Beta {
    private Beta() {}

    /** A value in [0, 1]; both shapes greater than 0. */
    static double sample(double alpha, double beta, RandomGenerator random) {
        double x = gamma(alpha, random);
        double y = gamma(beta, random);
        double sum = x + y;
        return sum > 0 ? x / sum : alpha / (alpha + beta);
    }

    private static double gamma(double shape, RandomGenerator random) {
        if (shape < 1) {
            return gamma(shape + 1, random) * Math.pow(random.nextDouble(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double root = 1 + c * x;
            if (root <= 0) {
                continue;
            }
            double v = root * root * root;
            double u = random.nextDouble();
            double square = x * x;
            if (u < 1 - 0.0331 * square * square || Math.log(u) < 0.5 * square + d * (1 - v + Math.log(v))) {
                return d * v;
            }
        }
    }
}
