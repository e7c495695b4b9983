namespace R1Reward.Data.Media.Decoding;

/// <summary>Pixels as a decoder leaves them, before any conversion.</summary>
/// <param name="Format">ffmpeg's name of the pixel format.</param>
/// <param name="Size">Height and width.</param>
/// <param name="Bytes">The planes one after the other, without padding.</param>
internal readonly record struct RawFrame(string Format, PixelSize Size, byte[] Bytes)
{
    /// <summary>The pixels with their colours worked out here, since swscale's chroma of small planes is far from what other decoders give.</summary>
    /// <exception cref="MediaException">The format is none that the picture decoders deliver.</exception>
    public Raster ToRaster() => Format switch
    {
        "rgb24" => Interleaved(3, 0, 1, 2, -1),
        "bgr24" => Interleaved(3, 2, 1, 0, -1),
        "rgba" => Interleaved(4, 0, 1, 2, 3),
        "bgra" => Interleaved(4, 2, 1, 0, 3),
        "argb" => Interleaved(4, 1, 2, 3, 0),
        "gray" => Interleaved(1, 0, 0, 0, -1),
        "gbrp" => Planar(2, 0, 1, -1),
        "gbrap" => Planar(2, 0, 1, 3),
        "yuvj444p" => Yuv(0, 0, YuvMatrix.Full, false),
        "yuvj422p" => Yuv(1, 0, YuvMatrix.Full, false),
        "yuvj440p" => Yuv(0, 1, YuvMatrix.Full, false),
        "yuvj420p" => Yuv(1, 1, YuvMatrix.Full, false),
        "yuvj411p" => Yuv(2, 0, YuvMatrix.Full, false),
        "yuva444p" => Yuv(0, 0, YuvMatrix.Full, true),
        "yuv420p" => Yuv(1, 1, YuvMatrix.Limited, false),
        "yuva420p" => Yuv(1, 1, YuvMatrix.Limited, true),
        _ => throw new MediaException(MediaStatus.Unsupported, $"has pixels of the kind {Format}"),
    };

    private Raster Interleaved(int pixel, int red, int green, int blue, int alpha)
    {
        var rgba = Blank();
        Require(pixel * (rgba.Length / 4));
        for (int from = 0, to = 0; to < rgba.Length; from += pixel, to += 4)
        {
            (rgba[to], rgba[to + 1], rgba[to + 2]) = (Bytes[from + red], Bytes[from + green], Bytes[from + blue]);
            rgba[to + 3] = alpha < 0 ? (byte)255 : Bytes[from + alpha];
        }

        return new Raster(Size, rgba);
    }

    private Raster Planar(int red, int green, int blue, int alpha)
    {
        var rgba = Blank();
        var plane = rgba.Length / 4;
        Require(plane * (alpha < 0 ? 3 : 4));
        for (var i = 0; i < plane; i++)
        {
            (rgba[4 * i], rgba[(4 * i) + 1], rgba[(4 * i) + 2]) = (Bytes[(red * plane) + i], Bytes[(green * plane) + i], Bytes[(blue * plane) + i]);
            rgba[(4 * i) + 3] = alpha < 0 ? (byte)255 : Bytes[(alpha * plane) + i];
        }

        return new Raster(Size, rgba);
    }

    /// <param name="narrow">Chroma columns are this power of two fewer.</param>
    /// <param name="low">Chroma rows are this power of two fewer.</param>
    /// <param name="matrix">From luma and chroma to colours.</param>
    /// <param name="alpha">Whether a plane of alpha follows.</param>
    private Raster Yuv(int narrow, int low, YuvMatrix matrix, bool alpha)
    {
        var rgba = Blank();
        var luma = rgba.Length / 4;
        var chroma = new PixelSize((Size.Height + (1 << low) - 1) >> low, (Size.Width + (1 << narrow) - 1) >> narrow);
        var plane = chroma.Height * chroma.Width;
        Require(luma + (2 * plane) + (alpha ? luma : 0));
        var blue = ChromaUpsampling.Apply(Bytes.AsSpan(luma, plane), chroma, Size, narrow, low);
        var red = ChromaUpsampling.Apply(Bytes.AsSpan(luma + plane, plane), chroma, Size, narrow, low);
        for (var i = 0; i < luma; i++)
        {
            matrix.Write(Bytes[i], blue[i], red[i], rgba.AsSpan(4 * i, 4));
            rgba[(4 * i) + 3] = alpha ? Bytes[luma + (2 * plane) + i] : (byte)255;
        }

        return new Raster(Size, rgba);
    }

    private byte[] Blank() => new byte[4 * Size.Width * Size.Height];

    private void Require(int bytes)
    {
        if (Bytes.Length < bytes)
        {
            throw new MediaException(MediaStatus.Corrupt, "ends in the middle of its pixels");
        }
    }
}
