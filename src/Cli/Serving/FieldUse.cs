namespace R1Reward.Cli.Serving;

/// <summary>What the server of a reward model does with a field of a request.</summary>
internal enum FieldUse
{
    /// <summary>The reply follows it.</summary>
    Served,

    /// <summary>It would change the reply and is not served: 400, unless its value changes nothing.</summary>
    Refused,

    /// <summary>It changes no reply, whatever it holds.</summary>
    Ignored,
}
