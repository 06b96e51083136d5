package dev.switchboard.node.directory;

import java.util.List;
import java.util.stream.Collectors;

/** A catalogue that is refused whole; the rows in force stay. */
public final class MalformedCatalogException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<CatalogProblem> problems;

    MalformedCatalogException(List<CatalogProblem> problems) {
        super(problems.stream().map(CatalogProblem::toString).collect(Collectors.joining("; ")));
        this.problems = List.copyOf(problems);
    }

    /** Every problem found, in the order of the files. */
    public List<CatalogProblem> problems() {
        return problems;
    }
}
