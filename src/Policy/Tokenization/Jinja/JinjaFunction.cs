namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>A value that can be called: a global function, a macro or a method bound to its object.</summary>
internal delegate object? JinjaFunction(Arguments arguments);
