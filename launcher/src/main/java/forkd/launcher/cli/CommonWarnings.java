package forkd.launcher.cli;

import forkd.launcher.server.ServedService;
import forkd.launcher.server.Service;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells once what the operator should know of several services: by the first of them, with the names of all. */
final class CommonWarnings {
    private CommonWarnings() {}

    static List<ServedService> toldOnce(List<ServedService> services) {
        Map<String, List<String>> names = new LinkedHashMap<>();
        for (ServedService served : services) {
            for (String warning : served.service().warnings()) {
                names.computeIfAbsent(warning, any -> new ArrayList<>())
                        .add(served.name().orElse(""));
            }
        }
        return services.stream().map(served -> withItsOwn(served, names)).toList();
    }

    private static ServedService withItsOwn(ServedService served, Map<String, List<String>> names) {
        Service service = served.service();
        List<String> warnings = service.warnings().stream()
                .filter(warning ->
                        names.get(warning).get(0).equals(served.name().orElse("")))
                .map(warning -> warning + suffix(names.get(warning)))
                .toList();
        return new ServedService(
                served.name(),
                served.config(),
                new Service(
                        service.launcher(),
                        service.kind(),
                        service.name(),
                        service.stderr(),
                        service.user(),
                        warnings));
    }

    private static String suffix(List<String> services) {
        return services.size() == 1 ? "" : " (services " + String.join(", ", services) + ")";
    }
}
