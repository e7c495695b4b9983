namespace TorchSharp.Modules;

/// <summary>Holds the choice of GELU's form; the module itself is not offered.</summary>
public static class GELU
{
    public enum Approximate
    {
        none,
        tanh,
    }
}
