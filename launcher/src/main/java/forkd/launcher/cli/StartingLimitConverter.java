package forkd.launcher.cli;

import forkd.launcher.admission.StartingLimit;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

final class StartingLimitConverter implements ITypeConverter<StartingLimit> {
    @Override
    public StartingLimit convert(String text) {
        try {
            return StartingLimit.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
