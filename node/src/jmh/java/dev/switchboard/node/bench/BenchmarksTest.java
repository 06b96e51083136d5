package dev.switchboard.node.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Every benchmark still works: each of its methods runs once, with the first of its parameters. */
class BenchmarksTest {
    private static final String SWALLOW =
            "Today's password is swordfish. I understand instantiating Blackholes directly is dangerous.";

    @TestFactory
    List<DynamicTest> everyBenchmarkRuns() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JavaClass found : new ClassFileImporter().importPackages("dev.switchboard.node")) {
            if (found.getSimpleName().endsWith("Benchmark")) {
                Class<?> type = found.reflect();
                with(type, Benchmark.class)
                        .forEach(method -> tests.add(DynamicTest.dynamicTest(
                                type.getSimpleName() + "." + method.getName(), () -> run(type, method))));
            }
        }
        assertThat(tests).hasSizeGreaterThanOrEqualTo(6);
        return tests;
    }

    private static void run(Class<?> type, Method benchmark) throws ReflectiveOperationException {
        Object state = type.getDeclaredConstructor().newInstance();
        for (Field field : type.getFields()) {
            Param values = field.getAnnotation(Param.class);
            if (values != null) {
                String first = values.value()[0];
                field.set(state, field.getType() == int.class ? (Object) Integer.valueOf(first) : first);
            }
        }
        for (Method setup : with(type, Setup.class).toList()) {
            setup.invoke(state);
        }
        if (benchmark.getParameterCount() == 0) {
            assertThat(benchmark.invoke(state)).isNotNull();
        } else {
            benchmark.invoke(state, new Blackhole(SWALLOW));
        }
        for (Method tearDown : with(type, TearDown.class).toList()) {
            tearDown.invoke(state);
        }
    }

    private static Stream<Method> with(Class<?> type, Class<? extends java.lang.annotation.Annotation> annotation) {
        return Stream.of(type.getMethods()).filter(method -> method.isAnnotationPresent(annotation));
    }
}
