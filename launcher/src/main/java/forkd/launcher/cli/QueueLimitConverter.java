package forkd.launcher.cli;

import forkd.launcher.admission.Limit;
import forkd.launcher.admission.Overflow;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

final class QueueLimitConverter implements ITypeConverter<Limit> {
    @Override
    public Limit convert(String text) {
        try {
            return Limit.parse(text, Overflow.QUEUE);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
