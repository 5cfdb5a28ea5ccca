package forkd.launcher.cli;

import forkd.launcher.admission.Limit;
import forkd.launcher.admission.Overflow;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

final class ShareConverter implements ITypeConverter<Share> {
    @Override
    public Share convert(String text) {
        try {
            return new Share(text.equals("none") ? Optional.empty() : Optional.of(Limit.parse(text, Overflow.CLOSE)));
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
