import numpy as np
from math import erf
from numpy.polynomial import chebyshev as C, polynomial as P
def phi(x): return 0.5*(1+np.vectorize(erf)(x/np.sqrt(2)))
f32=np.float32
def fma(a,b,c): return f32(np.float64(a)*np.float64(b)+np.float64(c))
for c in (4.8,):
  for deg in (10,):
    # weighted LSQ with iterative reweight (Lawson) for minimax of x^2 * err  (gelu error) 
    n=4000; u=np.cos(np.linspace(0,np.pi,n)); x=np.sqrt((u+1)/2)*c; x[x==0]=1e-9
    g=(phi(x)-0.5)/x
    w=np.ones(n); V=C.chebvander(u,deg)
    wt=x*x  # error in x*(0.5+x*P) = x^2 dP
    for it in range(200):
        A=V*(wt*np.sqrt(w))[:,None]; co=np.linalg.lstsq(A,g*wt*np.sqrt(w),rcond=None)[0]
        e=np.abs(V@co-g)*wt; w=w*(e+1e-14); w/=w.mean()
    mono=C.cheb2poly(co).astype(f32)
    xs=np.linspace(-12,12,200001).astype(f32)
    xc=np.clip(xs,f32(-c),f32(c)); s=f32(2/c/c)
    uu=fma(xc*s,xc,f32(-1))
    p=np.full_like(xs,mono[-1])
    for k in mono[-2::-1]: p=fma(p,uu,k)
    y=xs*fma(xc,p,f32(0.5))
    ref=xs.astype(np.float64)*phi(xs.astype(np.float64))
    print(c,deg,'max err',np.abs(y-ref).max(), 'at',xs[np.abs(y-ref).argmax()], 'neg tail', y[0])
    print([repr(float(v)) for v in mono])
