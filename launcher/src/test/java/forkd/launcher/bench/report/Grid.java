package forkd.launcher.bench.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table of words, for a terminal or for Markdown. */
final class Grid {
    private final List<List<String>> rows = new ArrayList<>();

    Grid(String... head) {
        row(head);
    }

    final void row(String... cells) {
        rows.add(Arrays.asList(cells));
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            text.append("| ").append(String.join(" | ", rows.get(i))).append(" |\n");
            if (i == 0) {
                text.append("|---")
                        .append("|---:".repeat(rows.get(0).size() - 1))
                        .append("|\n");
            }
        }
        return text.toString();
    }

    String plain() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                String cell = row.get(i).replace("*", "").replace("`", "");
                text.append(i == 0 ? cell : " ".repeat(Math.max(0, width(i) - cell.length())) + cell)
                        .append(i == 0 ? " ".repeat(width(0) - cell.length() + 2) : "  ");
            }
            text.append('\n');
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream()
                .mapToInt(
                        row -> row.get(column).replace("*", "").replace("`", "").length())
                .max()
                .orElse(0);
    }
}
