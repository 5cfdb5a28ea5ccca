package forkd.launcher.cli;

import forkd.launcher.server.ListenSpec;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

final class ListenSpecConverter implements ITypeConverter<ListenSpec> {
    @Override
    public ListenSpec convert(String text) {
        try {
            return ListenSpec.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
