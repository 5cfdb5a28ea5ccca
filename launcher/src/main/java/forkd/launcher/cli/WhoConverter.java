package forkd.launcher.cli;

import forkd.launcher.access.Who;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

final class WhoConverter implements ITypeConverter<Who> {
    @Override
    public Who convert(String text) {
        try {
            return Who.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
