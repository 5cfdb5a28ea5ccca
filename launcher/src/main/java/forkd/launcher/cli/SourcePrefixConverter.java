package forkd.launcher.cli;

import forkd.launcher.admission.SourcePrefix;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

final class SourcePrefixConverter implements ITypeConverter<SourcePrefix> {
    @Override
    public SourcePrefix convert(String text) {
        try {
            return SourcePrefix.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
