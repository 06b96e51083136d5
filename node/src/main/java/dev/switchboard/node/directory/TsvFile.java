package dev.switchboard.node.directory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One tab-separated file: a head line that names the columns, then rows; collects problems with their place. */
final class TsvFile {
    private final String name;
    private final List<String> columns;
    private final List<CatalogProblem> problems;
    private final List<Row> rows = new ArrayList<>();

    /** Reads all rows; a head line other than {@code columns} is one problem and no rows. */
    TsvFile(String name, List<String> lines, List<String> columns, List<CatalogProblem> problems) {
        this.name = name;
        this.columns = columns;
        this.problems = problems;
        if (lines.isEmpty() || !List.of(lines.get(0).split("\t", -1)).equals(columns)) {
            problems.add(new CatalogProblem(name, 1, "-", "the first line must name the columns: " + columns));
            return;
        }
        for (int i = 1; i < lines.size(); i++) {
            addRow(i + 1, lines.get(i));
        }
    }

    private void addRow(int number, String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return;
        }
        List<String> cells = List.of(line.split("\t", -1));
        if (cells.size() != columns.size()) {
            problems.add(new CatalogProblem(
                    name, number, "-", "has " + cells.size() + " cells instead of " + columns.size()));
            return;
        }
        Map<String, String> byColumn = new HashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            byColumn.put(columns.get(i), cells.get(i).strip());
        }
        rows.add(new Row(number, byColumn));
    }

    List<Row> rows() {
        return rows;
    }

    /** One row; every read notes a problem and answers a stand-in where the cell does not fit. */
    final class Row {
        private final int line;
        private final Map<String, String> cells;

        private Row(int line, Map<String, String> cells) {
            this.line = line;
            this.cells = cells;
        }

        void problem(String field, String message) {
            problems.add(new CatalogProblem(name, line, field, message));
        }

        /** The cell, or null where it holds nothing or a dash. */
        @Nullable
        String optional(String field) {
            String cell = cells.getOrDefault(field, "");
            return cell.isEmpty() || cell.equals("-") ? null : cell;
        }

        String required(String field) {
            String cell = optional(field);
            if (cell == null) {
                problem(field, "is missing");
                return "";
            }
            return cell;
        }

        /** What {@code parse} makes of the cell; its {@link IllegalArgumentException} is a problem. */
        <T> @Nullable T parsed(String field, Function<String, T> parse) {
            String cell = optional(field);
            if (cell == null) {
                return null;
            }
            try {
                return parse.apply(cell);
            } catch (IllegalArgumentException e) {
                problem(field, "cannot be \"" + cell + "\"");
                return null;
            }
        }

        /** A whole number of at least 1, or null where the cell is empty. */
        @Nullable
        Long limit(String field) {
            Long value = parsed(field, Long::parseLong);
            if (value != null && value < 1) {
                problem(field, "must be at least 1, is " + value);
                return null;
            }
            return value;
        }

        /** As {@link #limit}, within an int. */
        @Nullable
        Integer size(String field) {
            Integer value = parsed(field, Integer::parseInt);
            if (value != null && value < 1) {
                problem(field, "must be at least 1, is " + value);
                return null;
            }
            return value;
        }

        int requiredSize(String field) {
            if (required(field).isEmpty()) {
                return 1;
            }
            Integer value = size(field);
            return value == null ? 1 : value;
        }

        boolean flag(String field) {
            String cell = required(field);
            if (!cell.isEmpty() && !cell.equals("0") && !cell.equals("1")) {
                problem(field, "must be 0 or 1, is \"" + cell + "\"");
            }
            return cell.equals("1");
        }

        /** Pairs such as {@code a=b,c=d}; empty where the cell is. */
        Map<String, String> pairs(String field, String separator, String between) {
            String cell = optional(field);
            Map<String, String> pairs = new LinkedHashMap<>();
            if (cell == null) {
                return pairs;
            }
            for (String pair : cell.split(separator, -1)) {
                int at = pair.indexOf(between);
                if (at <= 0 || at + between.length() >= pair.length()) {
                    problem(field, "must be pairs of name" + between + "value, holds \"" + pair + "\"");
                } else if (pairs.put(
                                pair.substring(0, at).strip(),
                                pair.substring(at + between.length()).strip())
                        != null) {
                    problem(field, "names " + pair.substring(0, at).strip() + " twice");
                }
            }
            return pairs;
        }

        List<String> list(String field) {
            String cell = optional(field);
            if (cell == null) {
                return List.of();
            }
            List<String> list = new ArrayList<>();
            for (String item : cell.split(",", -1)) {
                if (item.isBlank()) {
                    problem(field, "holds an empty name");
                } else {
                    list.add(item.strip());
                }
            }
            return List.copyOf(list);
        }
    }
}
