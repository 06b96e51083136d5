package dev.switchboard.node.directory;

/**
 * One thing wrong with a catalogue file.
 *
 * @param line counted from 1; 0 where the whole file is meant
 * @param field the column, or {@code -} where the whole line is meant
 */
public record CatalogProblem(String file, int line, String field, String message) {
    /** One line for people: {@code models.tsv:12: rpm: …}. */
    @Override
    public String toString() {
        return file + ":" + line + ": " + field + ": " + message;
    }
}
