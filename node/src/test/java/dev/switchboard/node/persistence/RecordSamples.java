package dev.switchboard.node.persistence;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes samples of records by their components: one with everything set, one with everything null that may be null, and
 * one for every implementation of a sealed component.
 */
final class RecordSamples {
    private final Map<Class<?>, Object> leaves;
    private final Map<Type, List<Object>> made = new HashMap<>();
    private final Set<Type> making = new HashSet<>();

    /** {@code leaves} are values for types that are neither records, enums, collections nor plain values. */
    RecordSamples(Map<Class<?>, Object> leaves) {
        this.leaves = leaves;
    }

    /** Samples of a concrete type; throws for a component of a type that cannot be sampled. */
    List<Object> of(Class<?> type) {
        if (type.isEnum()) {
            return List.of(type.getEnumConstants());
        }
        if (!type.isRecord()) {
            throw new IllegalArgumentException("no sample of " + type);
        }
        List<Object> samples = new ArrayList<>();
        samples.add(make(type, component -> first(component.getGenericType())));
        samples.add(make(
                type,
                component -> isNullable(component.getAnnotatedType()) ? null : first(component.getGenericType())));
        for (RecordComponent varied : type.getRecordComponents()) {
            for (Object value : all(varied.getGenericType())) {
                samples.add(
                        make(type, component -> component.equals(varied) ? value : first(component.getGenericType())));
            }
        }
        return samples;
    }

    private static boolean isNullable(AnnotatedType type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private static Object make(Class<?> type, Function<RecordComponent, @Nullable Object> value) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        Object[] arguments = Arrays.stream(components).map(value).toArray();
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make " + type + " of " + Arrays.toString(arguments), e);
        }
    }

    private Object first(Type type) {
        return all(type).get(0);
    }

    private List<Object> all(Type type) {
        List<Object> known = made.get(type);
        if (known == null) {
            making.add(type);
            known = make(type);
            making.remove(type);
            made.put(type, known);
        }
        return known;
    }

    private List<Object> make(Type type) {
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            Type[] arguments = generic.getActualTypeArguments();
            if (raw == List.class && making.contains(arguments[0])) {
                return List.of(List.of());
            }
            if (raw == List.class) {
                return List.of(List.copyOf(all(arguments[0])), List.of());
            }
            if (raw == Set.class) {
                return List.of(Set.of(first(arguments[0])), Set.of());
            }
            if (raw == Map.class) {
                return List.of(Map.of(first(arguments[0]), first(arguments[1])), Map.of());
            }
            return all(raw);
        }
        return allOf((Class<?>) type);
    }

    private List<Object> allOf(Class<?> type) {
        Object leaf = leaves.get(type);
        if (leaf != null) {
            return List.of(leaf);
        }
        if (type.isSealed()) {
            List<Object> values = new ArrayList<>();
            // An implementation that holds others of its kind is sampled with those made before it.
            made.put(type, values);
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                values.addAll(of(permitted));
            }
            return values;
        }
        if (type == String.class) {
            return List.of("sample");
        }
        if (type == int.class || type == Integer.class) {
            return List.of(7);
        }
        if (type == long.class || type == Long.class) {
            return List.of(1L << 40);
        }
        if (type == double.class || type == Double.class) {
            return List.of(0.1);
        }
        if (type == boolean.class || type == Boolean.class) {
            return List.of(true, false);
        }
        if (type == Instant.class) {
            return List.of(Instant.parse("2026-01-02T03:04:05.678901234Z"));
        }
        if (type == Duration.class) {
            return List.of(Duration.ofMillis(90_500));
        }
        return of(type);
    }
}
