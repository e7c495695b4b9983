namespace R1Reward.Data;

/// <summary>
/// A mistake that the user can mend: a wrong setting, a missing file, data that cannot be read. The program prints
/// <see cref="Exception.Message"/> as one line (what, where, why, what to do) without a stack trace and exits with code 2.
/// </summary>
public sealed class UserErrorException : Exception
{
    /// <summary>Creates the error from its finished message.</summary>
    public UserErrorException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error from its finished message and the exception behind it.</summary>
    public UserErrorException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
